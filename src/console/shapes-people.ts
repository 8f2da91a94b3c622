/** What may be sent about people, sign-in and rights. Like `shapes.ts`: a field nobody knows is refused. */
import Type from "typebox";

const strict = { additionalProperties: false } as const;
const Person = Type.String({ minLength: 1, maxLength: 100 });
const Password = Type.String({ minLength: 1, maxLength: 1_000 });
const Token = Type.String({ minLength: 20, maxLength: 200 });
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });

/** Of an authenticator app, or a recovery code. */
const Code = Type.String({ minLength: 6, maxLength: 40 });

export const SignIn = Type.Object({ person: Person, password: Password, code: Type.Optional(Code) }, strict);
export const LinkToken = Type.Object({ token: Token }, strict);
export const SetUp = Type.Object({ token: Token, person: Person, name: Person, password: Password }, strict);
export const AcceptInvitation = Type.Object(
  { token: Token, password: Password, code: Type.Optional(Code) },
  strict,
);
export const Demonstration = Type.Object({ token: Token, person: Person }, strict);
export const Prove = Type.Object(
  { password: Type.Optional(Type.String({ maxLength: 1_000 })), code: Type.Optional(Code) },
  strict,
);
export const ConfirmFactor = Type.Object({ code: Code }, strict);
export const Nothing = Type.Object({}, strict);
export const NewPassword = Type.Object({ old: Password, password: Password }, strict);
export const SeeAs = Type.Object(
  { person: Type.Union([Person, Type.Null()]), reason: Type.Optional(Reason) },
  strict,
);
export const Decide = Type.Object(
  {
    verdict: Type.Union([Type.Literal("approved"), Type.Literal("declined"), Type.Literal("withdrawn")]),
    comment: Type.Optional(Type.String({ maxLength: 2_000 })),
  },
  strict,
);

const Part = Type.Optional(
  Type.Union([
    Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 1, maxItems: 50 }),
    Type.Null(),
  ]),
);
export const AddPerson = Type.Object(
  { person: Person, name: Person, email: Type.Optional(Type.String({ maxLength: 200 })) },
  strict,
);
export const GiveRole = Type.Object(
  {
    role: Type.String({ minLength: 1, maxLength: 40 }),
    domains: Part,
    plants: Part,
    entities: Part,
    reason: Type.Optional(Reason),
  },
  strict,
);
export const Because = Type.Object({ reason: Type.Optional(Reason) }, strict);
/** Long enough to say what the emergency is. */
export const Emergency = Type.Object({ reason: Type.String({ minLength: 10, maxLength: 2_000 }) }, strict);
export const AddKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 63 }),
    scopes: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { minItems: 1, maxItems: 50 }),
    perMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
    reason: Type.Optional(Reason),
  },
  strict,
);
export const Reveal = Type.Object(
  {
    mark: Type.Union([Type.Literal("personal"), Type.Literal("secret")]),
    /** What is shown: the step (default), or its documents side by side. */
    of: Type.Optional(Type.Union([Type.Literal("step"), Type.Literal("side by side")])),
    reason: Reason,
  },
  strict,
);
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    person: Type.Optional(Type.String({ maxLength: 100 })),
    action: Type.Optional(Type.String({ maxLength: 100 })),
    subject: Type.Optional(Type.String({ maxLength: 300 })),
  },
  strict,
);
