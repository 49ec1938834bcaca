/** Of this program; the build replaces nothing, releases change it together with package.json (a test compares them). */
export const version = '0.1.0';
