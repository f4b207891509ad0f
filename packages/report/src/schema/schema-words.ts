/** A part of a JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: 'string' }
export const textOrNull: Schema = { type: ['string', 'null'] }
export const count: Schema = { type: 'integer', minimum: 0 }
export const countOrNull: Schema = { type: ['integer', 'null'], minimum: 0 }
export const counts: Schema = { type: 'object', additionalProperties: count }
export const value: Schema = { type: ['number', 'string', 'boolean', 'null'] }

/** An object that has exactly these members. */
export function record(properties: Readonly<Record<string, Schema>>, description?: string): Schema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  }
}

/** The same object, which may have more members. */
export function withOptional(schema: Schema, properties: Readonly<Record<string, Schema>>): Schema {
  return { ...schema, properties: { ...(schema.properties as Readonly<Record<string, Schema>>), ...properties } }
}

/** An object that has these members, of which some may be left out. */
export function recordWith(optional: readonly string[], properties: Readonly<Record<string, Schema>>): Schema {
  const whole = record(properties)
  return { ...whole, required: Object.keys(properties).filter((name) => !optional.includes(name)) }
}

export function list(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description === undefined ? {} : { description }), items }
}
