// Text of a program as it is: what does not fit is scrolled, by keyboard too; and sentences with words of code in them.
export const Text = ({ text, label }: { readonly text: string; readonly label: string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
  <pre tabIndex={0} role="region" aria-label={label}>
    {text}
  </pre>
)

/** A sentence in which what stands between backticks is code. */
export const Told = ({ text = '' }: { readonly text?: string | undefined }) => (
  <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
)
