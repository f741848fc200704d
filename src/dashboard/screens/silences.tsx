// Silences: for a time nobody is told of what has certain labels.
import { Head } from '../parts/basics.tsx'

export const Silences = () => <Head title="Silences" />
