namespace Tapestry.Explorer.Tests;

/// <summary>Scripts that look over the page, each for one fault, and tell where they find it.</summary>
internal static class Probes
{
    /// <summary>What the page scrolls sideways for, and controls that stand outside of it or on one another.</summary>
    public const string Sideways = """
        () => [
          ...(document.documentElement.scrollWidth > innerWidth ? ['page'] : []),
          ...[...document.querySelectorAll('button, input, output, h1, h2, p, table')].filter(element => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && !element.closest('.scroller') && (box.left < 0 || box.right > innerWidth + 0.5);
          }).map(element => element.id || element.className || element.textContent),
          ...['#title', '#theme', '#first', '#back', '#forward', '#last', '#slider', '#count'].map(name => [name, document.querySelector(name).getBoundingClientRect()])
            .flatMap(([name, a], index, all) => all.slice(index + 1).filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map(([other]) => `${name} / ${other}`)),
        ]
        """;

    /// <summary>Texts whose contrast with what is behind them is below 4.5 to 1, by the formula of WCAG 2.</summary>
    public const string Faint = """
        () => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const parse = colour => {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            return { rgb: [r, g, b], alpha: a / 255 };
          };
          const luminance = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const behind = element => {
            const heat = element.matches('.heat text') && element.previousElementSibling;
            if (heat) return parse(getComputedStyle(heat).fill).rgb;
            for (let at = element; at; at = at.parentElement) {
              const shape = at.querySelector && at.matches('.card, .gain') ? at.querySelector('.body, rect') : null;
              const { rgb, alpha } = parse(shape ? getComputedStyle(shape).fill : getComputedStyle(at).backgroundColor);
              if (alpha > 0.99) return rgb;
            }
            return [255, 255, 255];
          };
          const isSvg = element => element instanceof SVGElement;
          return [...document.querySelectorAll('body *')]
            .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && element.getClientRects().length > 0 && !element.closest('script, style, title, :disabled, .pending') && getComputedStyle(element).visibility === 'visible')
            .map(element => [element, contrast(parse(getComputedStyle(element)[isSvg(element) ? 'fill' : 'color']).rgb, behind(element))])
            .filter(([, ratio]) => ratio < 4.5)
            .map(([element, ratio]) => `${element.tagName} ${element.getAttribute('class')} "${element.textContent}" ${ratio.toFixed(2)}`);
        }
        """;

    /// <summary>Pairs of cards of which one covers the other.</summary>
    public const string Overlapping = """
        () => {
          const cards = [...document.querySelectorAll('.card')].map(card => ({ name: card.getAttribute('aria-label'), box: card.querySelector('.body').getBoundingClientRect() }));
          return cards.flatMap((a, i) => cards.slice(i + 1)
            .filter(b => a.box.left < b.box.right && b.box.left < a.box.right && a.box.top < b.box.bottom && b.box.top < a.box.bottom)
            .map(b => `${a.name} / ${b.name}`));
        }
        """;

    /// <summary>Cards out of which a text sticks, or in which it runs into a picture.</summary>
    public const string Overflowing = """
        () => [...document.querySelectorAll('.card')].filter(card => {
          const body = card.querySelector('.body').getBoundingClientRect();
          const thumbs = [...card.querySelectorAll('.thumb')].map(thumb => thumb.getBoundingClientRect());
          return [...card.querySelectorAll('text')].map(text => text.getBoundingClientRect()).some(box => box.left < body.left || box.right > body.right + 0.5
            || thumbs.some(thumb => box.width > 0 && box.right > thumb.left + 0.5 && box.left < thumb.left - 0.5 && box.top < thumb.bottom && thumb.top < box.bottom));
        }).map(card => card.getAttribute('aria-label'))
        """;
}
