/** The fields of a form for who and why. */
export function WhoWhyFields({ reason, hint }: { reason?: string; hint?: string }) {
  return (
    <div class="row-fields">
      <label class="field">
        <span>Your name</span>
        <input class="input" name="by" required maxLength={64} autocomplete="username" />
      </label>
      <label class="field">
        <span>Why</span>
        <input class="input" name="reason" required maxLength={256} defaultValue={reason} placeholder={hint} />
      </label>
    </div>
  );
}
