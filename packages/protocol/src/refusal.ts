import * as z from "zod/mini";
import { type RefusalCode, REFUSALS } from "./codes.ts";

/** The body of a refused request, from the edge function and from the SQL functions alike. */
export const refusal = z.object({
  error: z.object({
    code: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]),
    /** For people: what is wrong, and what to do. Never holds values of rows. */
    message: z.string(),
    /** Where, as a path into the request: `mutations[3].clock`. */
    field: z.optional(z.string()),
    /** gap: the number the server expects next. */
    expected: z.optional(z.int()),
    /** rate_limited, unavailable: seconds to wait. */
    retry_after: z.optional(z.number()),
  }),
});
export type Refusal = z.infer<typeof refusal>;
