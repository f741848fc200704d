// Long work in pieces: lets everything else of this process have its turn between them.
// Promises to come back in the next turn of the loop. Must not know what the work is.

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
