/**
 * drizzle, by its CommonJS build; everything of it is taken from here. Of each ES module Node asks the package's scope for
 * the format, and parses drizzle's package.json of 180 kB anew for it: half a second and 230 MB at every start (Node
 * 24.21, drizzle 0.45). `.cjs` files say their format by their name.
 */
import { createRequire } from 'node:module';

export type { SQL } from 'drizzle-orm';
export type { NodePgDatabase } from 'drizzle-orm/node-postgres';

const require = createRequire(import.meta.url);

export const {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  ne,
  or,
  sql,
}: typeof import('drizzle-orm') = require('drizzle-orm');

export const {
  bigint,
  bigserial,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  serial,
  uniqueIndex,
}: typeof import('drizzle-orm/pg-core') = require('drizzle-orm/pg-core');

export const { drizzle }: typeof import('drizzle-orm/node-postgres') = require('drizzle-orm/node-postgres');

export const {
  migrate,
}: typeof import('drizzle-orm/node-postgres/migrator') = require('drizzle-orm/node-postgres/migrator');
