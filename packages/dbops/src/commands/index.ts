import type { CommandDefinition } from '../command/command.ts'
import { backupCreate } from './backup-create.ts'
import { backupKeygen } from './backup-keygen.ts'
import { backupList } from './backup-list.ts'
import { backupVerify } from './backup-verify.ts'
import { connTest } from './conn-test.ts'

/** Every verb, in the order of the help. */
export const commands: readonly CommandDefinition[] = [connTest, backupCreate, backupVerify, backupList, backupKeygen]
