// An address that means nothing.
import { Head } from '../parts/basics.tsx'
import { base, place } from '../router.ts'

export const Missing = () => (
  <div class="screen narrow">
    <Head title="There is nothing at this address" />
    <p>
      <code>{place.value.path}</code> is no screen of the dashboard. <a href={`${base}/`}>Go home</a>, or press Ctrl K
      to find something.
    </p>
  </div>
)
