/** With which the trunk answers the carrier's challenge. */
export const TRUNK_LOGIN = { authUsername: "phone-pool", authPassword: "trunk-password" };
