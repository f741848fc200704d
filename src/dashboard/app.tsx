// The application: which screen is shown.
export function App() {
  return <main>Allswell</main>
}
