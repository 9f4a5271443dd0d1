/**
 * The Content-Security-Policy of FitOS: its own scripts and styles and nothing inline, requests to
 * itself and its Supabase project, and Trusted Types with the two policies that exist (Lit's own,
 * and the one that names the service worker).
 */
export function contentSecurityPolicy(supabaseUrl: string): string {
  const api = new URL(supabaseUrl).origin;
  const socket = api.replace(/^http/, "ws");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' ${api} ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html fitos-service-worker",
  ].join("; ");
}
