// Saved views: a name for an address.
export const Views = () => null
