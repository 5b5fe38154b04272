// An operation's formula as the tape gives it, "y = a·b,  ā += ȳ·b,  b̄ += ȳ·a", taken apart, so that names or numbers can stand for its letters. No operation is
// known here by name: what cannot be understood is shown as it is.

/** A letter or word, with a mark above if it has one; an exponent with a letter in it; or a stretch of anything else. */
const FormulaToken = /([A-Za-zα-ωΑ-ΡΤ-Ω]+)([\u0300-\u036f]?)|([⁻⁺⁰¹²³⁴-⁹]*[ᵃᵇˣʸ][⁻⁺⁰¹²³⁴-⁹ᵃᵇˣʸ]*)|[^A-Za-zα-ωΑ-ΡΤ-Ωᵃᵇˣʸ]+/gu;

/** Exponents written small, and what they are in full size. */
const Raised = Object.fromEntries([...'ᵃᵇˣʸ⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹'].map((small, index) => [small, 'abxy−+0123456789'[index]]));

class Formula {
  constructor(text, inputCount) {
    const parts = text.normalize('NFD').split(/, {2}/);
    const [left, right] = Formula._split(parts[0], ' = ');
    this.valuePart = parts[0].normalize('NFC');
    this.reverseParts = parts.slice(1).map(part => part.normalize('NFC'));
    this.output = left;
    this.right = right;
    this.contributions = parts.slice(1).map(part => Formula._split(part, ' += ')).map(([target, expression]) => ({ letter: target.replace(Macron, ''), expression }));
    this.letters = this._letters(inputCount);
  }

  /** Whether its letters are known, so that something can stand for them. */
  get isUnderstood() {
    return this.letters !== null;
  }

  /** The right side of the value's part with other texts for the operands, and whether it is arithmetic alone, so that numbers may stand in it. */
  value(operands) {
    return { text: this._substitute(this.right, operands, null, null), isPlain: isArithmetic(this.right) };
  }

  /** The same of what is added to an operand's adjoint; null where the formula does not say. */
  contribution(input, operands, output, adjoint) {
    const found = this.isUnderstood && this.contributions.find(part => part.letter === this.letters[input]);
    return found ? { text: this._substitute(found.expression, operands, output, adjoint), isPlain: isArithmetic(found.expression) } : null;
  }

  static _split(text, sign) {
    const at = text.indexOf(sign);
    return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + sign.length)];
  }

  /** The operands' letters in order: those whose adjoints gain, or else those that the value's part reads. */
  _letters(inputCount) {
    const gaining = this.contributions.map(part => part.letter);
    if (gaining.length === inputCount) return gaining;
    const read = [...new Set([...this.right.matchAll(FormulaToken)].filter(token => token[1] && token[1].length === 1).map(token => token[1]))];
    return read.length === inputCount ? read : null;
  }

  /** Puts texts for letters. Where a formula writes a product by standing side by side, 2x, a dot keeps the numbers apart. */
  _substitute(expression, operands, output, adjoint) {
    const tokens = [...expression.matchAll(FormulaToken)];
    let result = '';
    let replaced = false;
    tokens.forEach((token, index) => {
      const text = this._textFor(token, operands, output, adjoint);
      if (token[3]) result += `^${this._raised(token[3], operands)}`;
      else if (text === null) {
        const stretch = token[0].replace(/-/g, '−');
        result += (replaced && stretch.startsWith('(') ? '·' : '') + stretch;
      } else {
        const isRaised = index + 1 < tokens.length && /^[²³ᵀᵃᵇˣʸ]/.test(tokens[index + 1][0]);
        const stands = /(^|[(|,?:<>=≤≥≠⌊] ?)$/.test(result);
        result += replaced || /[\d.]$/.test(result) ? '·' : '';
        result += text.startsWith('−') && (isRaised || !stands) ? `(${text})` : text;
      }
      replaced = text !== null;
    });
    return result.normalize('NFC');
  }

  _textFor([, letter, mark], operands, output, adjoint) {
    if (!letter || letter.length > 1) return null;
    if (mark === Macron) return letter === this.output ? adjoint : null;
    if (mark) return null;
    const index = this.letters.indexOf(letter);
    return index >= 0 ? operands[index] : letter === this.output ? output : null;
  }

  /** An exponent in full size: names and numbers cannot be written small. */
  _raised(small, operands) {
    const text = [...small].map(character => Raised[character]).map(character => (this.letters.includes(character) ? operands[this.letters.indexOf(character)] : character)).join('');
    return /^[\p{L}\d.₀-₉]+$/u.test(text) ? text : `(${text})`;
  }
}

/** Neither words nor conditions. */
function isArithmetic(expression) {
  return !/[?<>=≤≥≠ᵀ]|(^| )[A-Za-z]{2,}( |$)/.test(expression);
}

/** A product of numbers reads better with room around the dot. */
function spaced(expression) {
  return expression.replace(/ ?· ?/g, '\u00a0·\u00a0').replace(/ ?\/ ?/g, '\u00a0/\u00a0');
}
