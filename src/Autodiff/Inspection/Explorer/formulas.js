// An operation's formula as the tape gives it, "y = a·b,  ā += ȳ·b,  b̄ += ȳ·a", taken apart, so that names or numbers can stand for its letters. No operation is
// known here by name: what cannot be understood is shown as it is.

/** A letter, whether a bar is on it, or a stretch of anything else. Words (exp, max, over) are no letters. */
const FormulaToken = /([A-Za-zα-ωΑ-ΡΤ-Ω]+)([\u0300-\u036f]?)|[^A-Za-zα-ωΑ-ΡΤ-Ω]+/gu;

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

  /** The right side of the value's part with other texts for the operands. */
  value(operands) {
    return this._substitute(this.right, operands, null, null);
  }

  /** What is added to an operand's adjoint, with other texts; null where the formula does not say. */
  contribution(input, operands, output, adjoint) {
    const found = this.isUnderstood && this.contributions.find(part => part.letter === this.letters[input]);
    return found ? this._substitute(found.expression, operands, output, adjoint) : null;
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
    let result = '';
    let replaced = false;
    for (const token of expression.matchAll(FormulaToken)) {
      const text = this._textFor(token, operands, output, adjoint);
      if (text === null) {
        const stretch = token[0].replace(/-/g, '−');
        result += (replaced && stretch.startsWith('(') ? '·' : '') + stretch;
      } else {
        const beside = replaced || /[\d.]$/.test(result);
        result += (beside ? '·' : '') + (/^[−-]/.test(text) && !/(^|[(|] ?)$/.test(result) ? `(${text})` : text);
      }
      replaced = text !== null;
    }
    return result.normalize('NFC');
  }

  _textFor([, letter, mark], operands, output, adjoint) {
    if (!letter || letter.length > 1) return null;
    if (mark === Macron) return letter === this.output ? adjoint : null;
    if (mark) return null;
    const index = this.letters.indexOf(letter);
    return index >= 0 ? operands[index] : letter === this.output ? output : null;
  }
}

/** A product of numbers reads better with room around the dot. */
function spaced(expression) {
  return expression.replace(/ ?· ?/g, '\u00a0·\u00a0').replace(/ ?\/ ?/g, '\u00a0/\u00a0');
}
