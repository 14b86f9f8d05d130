/**
 * The one error of this module. `reason` is a short code: the forms turn it into a translated sentence,
 * the tests compare it, and the English message is for whoever reads a log of their own.
 */
export class Refused extends Error {
  constructor(reason, message) {
    super(message);
    this.name = 'Refused';
    this.reason = reason;
  }
}
