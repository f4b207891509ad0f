import { Type } from 'typebox'
import { refusalCodes } from './refusal-codes.ts'

/** Any refusal; the fields beside `detail` depend on it. */
export const Refusal = Type.Object(
  {
    detail: Type.Unknown({ description: 'for people, in English; a list of fields where a schema is broken' }),
    error_type: Type.Optional(
      Type.String({ enum: [...refusalCodes], description: 'why, for programs; more may be added' }),
    ),
  },
  { additionalProperties: true, description: 'refused' },
)
/** For `response` of every route. */
export const refusals = { '4xx': Refusal, '5xx': Refusal } as const
export const Message = Type.Object({ message: Type.String() })
/** Ids are UUIDs; others cannot exist, which the handlers say. */
export const IdParams = Type.Object({ id: Type.String({ maxLength: 100 }) })
