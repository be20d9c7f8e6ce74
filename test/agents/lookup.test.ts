import { afterAll, describe, expect, test } from 'bun:test'
import { findProgram } from '../../src/agents/lookup.ts'
import { resource, Sandbox } from './sandbox.ts'

const box = new Sandbox()
afterAll(() => box.remove())
const find = (text: string) => findProgram(resource(text), box.directories)

box.script('apache', '')
box.write('init.d/apache', '#!/bin/sh\n')
box.write('init.d/mysql', '#!/bin/sh\n')
box.write('ha.d/resource.d/plain', '', 0o644)
box.write('ha.d/resource.d/folder/x', '')
box.write('ocf/resource.d/heartbeat/Delay', '#!/bin/sh\n')
box.write('ha.d/conf/OCF/Delay/slow', '# a comment\nstartdelay=5\nexport OCF_RESKEY_stopdelay="2 s"\n', 0o644)

describe('where a script is', () => {
  test('resource.d goes before init.d', () => {
    expect(find('apache')).toMatchObject({ path: `${box.dir}/ha.d/resource.d/apache`, dialect: 'text' })
    expect(find('mysql')).toMatchObject({ path: `${box.dir}/init.d/mysql`, dialect: 'lsb' })
  })

  test('arguments are passed on', () => {
    expect(find('apache::one::two')).toMatchObject({ args: ['one', 'two'] })
  })

  test('what is missing, not executable or no file is said with its path', () => {
    expect(find('none')).toBe(
      `there is no script none (${box.dir}/ha.d/resource.d/none does not exist; ${box.dir}/init.d/none does not exist)`,
    )
    expect(find('plain')).toContain('resource.d/plain is not executable')
    expect(find('folder')).toContain('resource.d/folder is not a file')
  })

  test('a path is not the name of a script', () => {
    expect(find('../../bin/sh')).toContain('a path')
    expect(find('')).toContain('a path')
  })
})

describe('OCF agents', () => {
  const path = `${box.dir}/ocf/resource.d/heartbeat/Delay`

  test('by provider, with parameters', () => {
    expect(find('ocf:heartbeat:Delay::startdelay=3')).toMatchObject({
      path,
      args: [],
      dialect: 'ocf',
      env: {
        OCF_ROOT: `${box.dir}/ocf`,
        OCF_RESOURCE_PROVIDER: 'heartbeat',
        OCF_RESOURCE_TYPE: 'Delay',
        OCF_RESOURCE_INSTANCE: 'ocf_heartbeat_Delay_startdelay_3',
        OCF_RESKEY_startdelay: '3',
      },
    })
  })

  test("heartbeat's way: the parameters of an instance are in a file", () => {
    expect(find('OCF::Delay::slow')).toMatchObject({
      path,
      env: { OCF_RESKEY_startdelay: '5', OCF_RESKEY_stopdelay: '2 s', OCF_RESOURCE_INSTANCE: 'slow' },
    })
  })

  test('a wrapper of the site goes before them', () => {
    const wrapper = box.script('OCF', '')
    expect(find('OCF::Delay::slow')).toMatchObject({ path: wrapper, args: ['Delay', 'slow'], dialect: 'text' })
  })

  test('one that is missing, and a parameter that is none', () => {
    expect(find('ocf:heartbeat:Nothing')).toBe(`there is no OCF agent Nothing in ${box.dir}/ocf/resource.d/heartbeat`)
    expect(find('ocf:heartbeat:Delay::fast')).toBe('fast: an OCF parameter is written name=value')
    expect(find('ocf:heartbeat')).toContain('there is no script ocf:heartbeat')
  })
})
