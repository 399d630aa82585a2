import { coreDoor } from '../../core/testing/core-door.ts';
import { doorContract } from '../../core/testing/door-contract.ts';
import { farAway } from './testing.ts';

doorContract('the core’s door, over HTTP', () => coreDoor((door) => farAway(door)));
