//! Permutations with letters: `labels`.

use super::params::Read;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use crate::print::Printer;
use edge_dialect::model::{Combinator, Element};
use edge_ir::Param;

type Letters = [(String, usize)];

impl<'c, 's> Parser<'c, 's> {
    /// `[b, f, 0, 1]`: where each letter and each number stands.
    pub(super) fn read_labels(&mut self, letters: &Letters, rest: usize, read: &mut [Read]) -> Res<()> {
        let at = self.pos;
        self.expect("[")?;
        let mut list: Vec<Option<i64>> = vec![];
        for place in 0.. {
            let word = self.word();
            if let Some((_, param)) = letters.iter().find(|(l, _)| l == word) {
                self.pos += word.len();
                read[*param] = Read::Int(place);
            } else {
                let number = self.number()? as usize;
                if number > MAX_PLACES || list.get(number).is_some_and(Option::is_some) {
                    return Err(self.report(
                        codes::EXPECTED,
                        at,
                        self.pos,
                        format!("{number} cannot stand here, or stands twice"),
                    ));
                }
                list.resize(list.len().max(number + 1), None);
                list[number] = Some(place);
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect("]")?;
        let numbers: Option<Vec<Read>> = list.into_iter().map(|n| n.map(Read::Int)).collect();
        match numbers {
            Some(numbers) if letters.iter().all(|(_, p)| matches!(read[*p], Read::Int(_))) => {
                read[rest] = Read::List(numbers);
                Ok(())
            }
            _ => {
                let wanted: Vec<&str> = letters.iter().map(|l| l.0.as_str()).collect();
                let message = format!("expected {} and the numbers from 0, each once", wanted.join(", "));
                Err(self.report(codes::EXPECTED, at, self.pos, message))
            }
        }
    }
}

/// More places than any shape has.
const MAX_PLACES: usize = 1 << 12;

/// Whether an element, where it is a `labels`, can be read again.
pub(super) fn is_labelled(element: &Element, params: &[Param<'_>]) -> bool {
    let Element::Combinator(Combinator::Labels { letters, rest }) = element else { return true };
    let numbers: &[Param<'_>] = if let Some(Param::List(list)) = params.get(*rest) { list } else { &[] };
    let places = letters.iter().filter_map(|(_, p)| params.get(*p)).chain(numbers);
    let mut places: Vec<i64> = places.map(|p| if let Param::Int(n) = p { *n } else { -1 }).collect();
    places.sort_unstable();
    places.into_iter().eq(0..(letters.len() + numbers.len()) as i64)
}

impl Printer<'_, '_> {
    pub(super) fn labels(&mut self, letters: &Letters, rest: usize, params: &[Param<'_>]) {
        let numbers: &[Param<'_>] = if let Some(Param::List(list)) = params.get(rest) { list } else { &[] };
        let mut places = vec![String::from("?"); letters.len() + numbers.len()];
        let mut put = |param: &Param<'_>, text: String| {
            if let Param::Int(n) = param
                && let Some(place) = usize::try_from(*n).ok().and_then(|n| places.get_mut(n))
            {
                *place = text;
            }
        };
        letters.iter().for_each(|(letter, p)| params.get(*p).into_iter().for_each(|v| put(v, letter.clone())));
        numbers.iter().enumerate().for_each(|(i, v)| put(v, i.to_string()));
        self.text("[");
        self.comma(places, |p, text| p.text(&text));
        self.text("]");
    }
}
