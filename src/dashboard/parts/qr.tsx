// A QR code as a drawing: dark on light in every theme, since cameras want it so.
import { qr } from '../qr.ts'

export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = qr(text)
  if (rows === null) return null
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : '')).join('')).join('')
  const size = rows.length + 8
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
