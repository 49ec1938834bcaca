import { defineErrors } from '@meltano/foundation/errors';

export const restApiError = defineErrors('rest_api', { not_supported: 'invalid', incomplete: 'invalid' });
