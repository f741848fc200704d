// Rules: who is told what of which monitors.
// Promises nothing beyond what all objects have. Must not decide who is told.
import { z } from 'zod'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import type { Route } from '../route.ts'
import { common, commonOf, listRoute, objectRoutes, type Resource } from './objects.ts'

const rule = z.object({ key: z.string(), name: z.string(), ...common })

export function ruleRoutes(parts: ApiParts): Route[] {
  const show = async (objects: readonly StoredObject[]) =>
    objects.map((object) => ({ key: object.key, name: object.name, ...commonOf(parts, object) }))
  const resource: Resource<typeof rule> = { type: 'rule', plural: 'rules', answer: rule, show }
  return [listRoute(parts, resource, {}, () => ({})), ...objectRoutes(parts, resource)]
}
