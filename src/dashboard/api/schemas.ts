// The schemas from which forms are made, as the API's own description has them; asked for once.
import type { Schema } from '../form/model.ts'
import { get } from './client.ts'

export type ObjectType = 'monitor' | 'channel' | 'rule' | 'page'

interface Described {
  readonly paths: Readonly<
    Record<
      string,
      { readonly put?: { readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> } } }
    >
  >
}

let described: Promise<Described> | null = null

/** The schema of an entry of this type. */
export async function schemaOf(type: ObjectType): Promise<Schema> {
  described ??= get<Described>('/openapi.json')
  try {
    const { paths } = await described
    return paths[`/api/v2/${type}s/{key}`]?.put?.requestBody?.content['application/json']?.schema ?? {}
  } catch (error) {
    described = null
    throw error
  }
}
