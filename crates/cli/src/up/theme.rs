//! What things look like. Nothing is told by colour alone: a word or a mark says the same.

use super::freshness::Freshness;
use super::verdict::{Health, Tone};
use crate::printed::may_be_coloured;
use ratatui::style::{Color, Modifier, Style};

/// With colours or without.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    has_colours: bool,
}

impl Theme {
    /// With colours, unless `NO_COLOR` is set.
    pub fn from_environment() -> Theme {
        Theme { has_colours: may_be_coloured() }
    }

    #[cfg(test)]
    pub fn new(has_colours: bool) -> Theme {
        Theme { has_colours }
    }

    /// Of the titles of columns.
    pub fn titles(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// Of the address, which is what one copies.
    pub fn address(self) -> Style {
        self.coloured(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// Of what is there for reference.
    pub fn aside(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// Of the selected row.
    pub fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// Of what has just changed.
    pub fn flash(self) -> Style {
        match self.has_colours {
            true => Style::new().fg(Color::Black).bg(Color::Yellow),
            false => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// Of the verdict.
    pub fn tone(self, tone: Tone) -> Style {
        let colour = match tone {
            Tone::Good => Color::Green,
            Tone::Waiting => Color::Yellow,
            Tone::Bad => Color::Red,
        };
        self.coloured(colour).add_modifier(Modifier::BOLD)
    }

    /// Of what a node knows.
    pub fn freshness(self, freshness: Option<Freshness>) -> Style {
        match freshness {
            None => Style::new(),
            Some(Freshness::Fresh) => self.coloured(Color::Green),
            Some(Freshness::Ageing) => self.coloured(Color::Yellow),
            Some(Freshness::Stale) => self.coloured(Color::Red).add_modifier(Modifier::BOLD),
        }
    }

    /// Of whether a node is there.
    pub fn health(self, health: Health) -> Style {
        match health {
            Health::Answers => self.coloured(Color::Green),
            Health::Starting | Health::Paused => self.coloured(Color::Yellow),
            Health::Silent(_) | Health::Down => {
                self.coloured(Color::Red).add_modifier(Modifier::BOLD)
            }
        }
    }

    fn coloured(self, colour: Color) -> Style {
        if self.has_colours { Style::new().fg(colour) } else { Style::new() }
    }
}
