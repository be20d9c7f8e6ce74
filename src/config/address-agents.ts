import type { Resource } from './types.ts'

const NAMES = ['IPaddr', 'IPaddr2', 'IPv6addr'] as const
export type AddressAgent = (typeof NAMES)[number]

/** The scripts that hb stands in for: they put an address on an interface. */
export const addressAgents: ReadonlySet<string> = new Set(NAMES)

/** Addresses are set by hb itself, carry a lease, and need neither a script nor a question before they are started. */
export const isAddress = (resource: Pick<Resource, 'script'>): boolean => addressAgents.has(resource.script)

/** The address itself, without mask, interface and broadcast address. */
export const bareAddress = ({ args }: Pick<Resource, 'args'>): string => args[0]?.split('/')[0] ?? ''
