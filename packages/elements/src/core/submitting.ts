/**
 * For a form's `@click`: does what its submit button says, by mouse or by Enter in a field, once its fields are
 * valid. In a frame whose sandbox has no `allow-forms` a form is never submitted, and no `submit` is told.
 */
export function submitting(submit: (form: HTMLFormElement) => unknown): (event: Event) => void {
  return (event) => {
    const form = event.currentTarget as HTMLFormElement;
    if ((event.target as Element).closest("button")?.type !== "submit") return;
    event.preventDefault();
    if (form.reportValidity()) submit(form);
  };
}
