import { coreDoor } from '../testing/core-door.ts';
import { doorContract } from '../testing/door-contract.ts';

doorContract('the core’s door', () => coreDoor());
