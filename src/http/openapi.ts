// The API's description as OpenAPI 3.1, made from the routes themselves.
// Promises that what is registered is described. Must not know any resource.
import { z } from 'zod'
import type { Raw, Route } from './route.ts'

const problem = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

/** The document. Paths stand in the order of the routes. */
export function describeApi(routes: readonly Route[], version: string): Raw {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route)
  return {
    openapi: '3.1.0',
    info: { title: 'Allswell', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token that begins with aw_.' },
        basic: { type: 'http', scheme: 'basic', description: 'Any user name, with a token as the password.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-allswell',
          description:
            'Set by signing in (`allswell` without TLS). What changes something needs the header X-Allswell-Csrf, too.',
        },
      },
      schemas: { Problem: problem },
      responses: {
        Problem: {
          description: 'It was not done; the problem says why.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function operation(route: Route): Raw {
  const resource = route.path.split('/')[3] ?? 'server'
  const success = String(route.status ?? 200)
  const content =
    route.answer === null
      ? {}
      : { content: { [route.media ?? 'application/json']: { schema: schemaOf(route.answer) } } }
  return {
    operationId: nameOf(route),
    summary: route.summary,
    tags: [resource],
    security: securityOf(route),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body
      ? { requestBody: { required: !takesNothing(route), content: { 'application/json': { schema: bodyOf(route) } } } }
      : {}),
    responses: {
      [success]: {
        description: success === '302' ? 'Go on there.' : route.answer === null ? 'Done.' : 'The answer.',
        ...content,
      },
      ...(route.creates ? { 201: { description: 'It was created.', ...content } } : {}),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function securityOf({ scope, people }: Route): Raw[] {
  if (scope === null) return []
  const session = { session: [scope] }
  return people ? [session] : [{ token: [scope] }, { basic: [scope] }, session]
}

/** `getMonitorsKeyUptime` for `GET /api/v2/monitors/{key}/uptime`. */
function nameOf({ method, path }: Route): string {
  const words = path.replace('/api/v2', '').split(/\W+/).filter(Boolean)
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

const bodyOf = (route: Route) => undated(route.bodyDoc ?? (route.body ? schemaOf(route.body) : {}))

const schemaOf = (schema: z.ZodType): Raw =>
  undated(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: ({ jsonSchema }) => plain(jsonSchema) }),
  )

/** The bounds of safe integers say nothing. */
function plain(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
}

/** Without its dialect, which the document says already. */
function undated({ $schema: _dialect, ...rest }: Raw): Raw {
  return rest
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): Raw[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, Raw>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...one }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: one,
  }))
}

/** Whether it may come without a body. */
const takesNothing = ({ body }: Route): boolean => body?.safeParse(undefined).success ?? true
