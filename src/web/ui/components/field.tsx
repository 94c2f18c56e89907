import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value?: string;
  readonly type?: 'text' | 'email' | 'password' | 'search' | 'datetime-local';
  readonly name?: string;
  /** What a password manager may put in (HTML's autofill tokens). */
  readonly autoComplete?: string;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly onInput?: (value: string) => void;
  readonly hint?: string;
  /** Why what is written can't be used. */
  readonly error?: string;
  readonly element?: (input: HTMLInputElement | null) => void;
}

export function Field(props: FieldProps) {
  const { label, hint, error, element, onInput } = props;
  const id = useId();
  const about = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].join(' ').trim();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={element}
        id={id}
        class="input"
        type={(props.type ?? 'text') as 'text'}
        name={props.name}
        value={props.value}
        required={props.required}
        readOnly={props.readOnly}
        autoComplete={props.autoComplete}
        autoCapitalize="off"
        spellcheck={false}
        onInput={(event) => onInput?.(event.currentTarget.value)}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={about === '' ? undefined : about}
      />
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** One of a few, as radio buttons. */
export function Choice<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly of: Readonly<Record<Value, string>>;
  readonly choose: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset class="field fieldset">
      <legend class="field-label">{props.label}</legend>
      {Object.entries<string>(props.of).map(([value, text]) => (
        <label key={value} class="choice">
          <input
            class="check"
            type="radio"
            name={name}
            checked={value === props.value}
            onChange={() => {
              props.choose(value as Value);
            }}
          />
          {text}
        </label>
      ))}
    </fieldset>
  );
}

export function Switch(props: {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label class="choice">
        <input
          class="check"
          type="checkbox"
          checked={props.on}
          aria-describedby={props.hint === undefined ? undefined : id}
          onChange={(event) => {
            props.set(event.currentTarget.checked);
          }}
        />
        {props.label}
      </label>
      {props.hint !== undefined && (
        <p class="field-hint" id={id}>
          {props.hint}
        </p>
      )}
    </div>
  );
}
