// The schemas from which forms are made; asked for once.
import type { FormSpec } from '../form/model.ts'
import { get } from './client.ts'

export type ObjectType = 'monitor' | 'channel' | 'rule' | 'page'
type Forms = Readonly<Record<ObjectType, FormSpec>>

let forms: Promise<Forms> | null = null

/** What the form of this type is made from. */
export async function formSpec(type: ObjectType): Promise<FormSpec> {
  forms ??= get<Forms>('/schemas')
  try {
    return (await forms)[type]
  } catch (error) {
    forms = null
    throw error
  }
}
