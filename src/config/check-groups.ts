/** What must be true of the groups as a whole. */
import { addressWrong, canonicalAddress } from './address.ts'
import { addressAgents } from './address-agents.ts'
import type { Owner } from './haresources.ts'
import { nearest } from './nearest.ts'
import type { ProblemList } from './problem.ts'
import type { Group, Resource } from './types.ts'

/** Whatever stands in the place of a node: also where a comma in place of a blank has swallowed the resources. */
export function checkOwners(owners: readonly Owner[], nodes: readonly string[], problems: ProblemList): void {
  const known = new Set(nodes)
  for (const at of owners) {
    if (problems.hopeless) return
    if (known.has(at.owner)) continue
    const near = nearest(at.owner, nodes)
    const remedy = near === null ? `known are: ${nodes.slice(0, 8).join(', ') || 'none'}` : `did you mean ${near}?`
    problems.error(at, at.owner, 'no node directive in ha.cf names this node', remedy)
  }
}

/** Problems of keys and addresses. Linear in the number of resources. */
export function checkGroups(groups: readonly Group[], problems: ProblemList): void {
  const keys = new Map<string, Group>()
  const addresses = new Map<string, Resource>()
  const members = new Map<string, { group: Group; resource: Resource }>()
  for (const group of groups) {
    if (problems.hopeless) return
    const twin = keys.get(group.key)
    const [first] = group.resources
    if (twin)
      problems.error(
        first!,
        group.key,
        `line ${twin.line} begins with the same resource`,
        'the first resource names its group',
      )
    else keys.set(group.key, group)
    for (const resource of group.resources) {
      checkAddress(resource, addresses, problems)
      const other = members.get(resource.text)
      if (other && !(twin && resource === first) && addressOf(resource) === null)
        shared(other, group, resource, problems)
      members.set(resource.text, { group, resource })
    }
  }
}

/** The address of an address resource in one spelling, or null for other resources and wrong addresses. */
export function addressOf(resource: Resource): string | null {
  if (!addressAgents.has(resource.script)) return null
  return canonicalAddress((resource.args[0] ?? '').split('/', 1)[0]!)
}

function checkAddress(resource: Resource, addresses: Map<string, Resource>, problems: ProblemList): void {
  if (!addressAgents.has(resource.script)) return
  const wrong = addressWrong(resource.args[0] ?? '')
  if (wrong) problems.add('error', resource, resource.text, wrong)
  const address = addressOf(resource)
  const twin = address === null ? undefined : addresses.get(address)
  if (twin)
    problems.error(
      resource,
      resource.text,
      `the address stands in line ${twin.line} already`,
      'an address belongs to one group',
    )
  else if (address !== null) addresses.set(address, resource)
}

function shared(
  other: { group: Group; resource: Resource },
  group: Group,
  resource: Resource,
  problems: ProblemList,
): void {
  if (other.group === group)
    problems.warning(resource, resource.text, 'the resource stands twice in its group', 'name it once')
  else
    problems.warning(
      resource,
      resource.text,
      `line ${other.group.line} has the same resource: when one node holds both groups, stopping one stops it for both`,
      'give each group a resource of its own, or an argument that tells them apart',
    )
}
