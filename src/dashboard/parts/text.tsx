// Text of a program as it is: what does not fit is scrolled, by keyboard too.
export const Text = ({ text, label }: { readonly text: string; readonly label: string }) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
  <pre tabIndex={0} role="region" aria-label={label}>
    {text}
  </pre>
)
