/** How our ids are written: in small letters, as PostgreSQL writes them. What is not written so is the id of nothing. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
