/**
 * Services, fencing and what hb makes good beside a real heartbeat, and by the real stonith: one lab for each story,
 * side by side.
 */
import { test } from 'bun:test'
import { pooled } from './matrix.ts'
import { tell } from './mixed.ts'
import { stonithStories } from './stonith.ts'
import { unfinishedStories } from './unfinished.ts'
import { unservedStories } from './unserved.ts'
import { serviceStories } from './watched.ts'

const WIDTH = 6

const stories = [...unservedStories, ...serviceStories, ...stonithStories, ...unfinishedStories]
const told = pooled(stories, WIDTH, tell)
for (const [i, { name }] of stories.entries()) test(name, () => told[i]!)
