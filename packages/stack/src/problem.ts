/** An error of the gateway itself, in the platform's form: a JSON body and the code as a header too. */
export function problem(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, {
    status,
    headers: { "sb-error-code": code, "access-control-allow-origin": "*" },
  });
}
