/** What may be sent about people, sign-in and rights. Like `shapes.ts`: a field nobody knows is refused. */
import Type from "typebox";

const strict = { additionalProperties: false } as const;
const Person = Type.String({ minLength: 1, maxLength: 100 });
const Password = Type.String({ minLength: 1, maxLength: 1_000 });
const Token = Type.String({ minLength: 20, maxLength: 200 });
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });

export const SignIn = Type.Object({ person: Person, password: Password }, strict);
export const LinkToken = Type.Object({ token: Token }, strict);
export const SetUp = Type.Object({ token: Token, person: Person, name: Person, password: Password }, strict);
export const AcceptInvitation = Type.Object({ token: Token, password: Password }, strict);
export const Demonstration = Type.Object({ token: Token, person: Person }, strict);
export const Prove = Type.Object({ password: Type.String({ maxLength: 1_000 }) }, strict);
export const NewPassword = Type.Object({ old: Password, password: Password }, strict);
export const SeeAs = Type.Object(
  { person: Type.Union([Person, Type.Null()]), reason: Type.Optional(Reason) },
  strict,
);
