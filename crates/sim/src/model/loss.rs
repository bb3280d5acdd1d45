//! Which transmissions are lost.

use super::LinkDraws;

/// How transmissions are lost.
///
/// ```
/// use rumormill_sim::model::Loss;
/// let loss = Loss::Bursty { good_to_bad: 0.01, bad_to_good: 0.19, loss_good: 0.0, loss_bad: 0.4 };
/// assert!((loss.mean() - 0.02).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// None is.
    None,
    /// Each with this probability, whatever became of the one before.
    Uniform(f64),
    /// In bursts: a link is in a good or in a bad state, may change it before each transmission, and
    /// loses by its state (Gilbert, "Capacity of a Burst-Noise Channel", 1960; Elliott, "Estimates of
    /// Error Rates for Codes on Burst-Noise Channels", 1963). All four are probabilities.
    ///
    /// A bad state lasts `1 / bad_to_good` transmissions on average, and a link is in it for
    /// `good_to_bad / (good_to_bad + bad_to_good)` of all.
    Bursty {
        /// That a good state ends.
        good_to_bad: f64,
        /// That a bad state ends.
        bad_to_good: f64,
        /// That a transmission is lost in a good state: with 0 it is Gilbert's model.
        loss_good: f64,
        /// That a transmission is lost in a bad state.
        loss_bad: f64,
    },
}

/// The state of a link in one direction, for [`Loss::Bursty`]: good at first. Whoever judges
/// transmissions keeps one for each direction of each link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LossState {
    bad: bool,
}

impl Loss {
    /// Whether one transmission is lost.
    #[inline]
    pub fn draw(&self, state: &mut LossState, draws: &mut LinkDraws) -> bool {
        match *self {
            Loss::None => false,
            Loss::Uniform(probability) => probability > 0.0 && draws.chance(probability),
            Loss::Bursty { good_to_bad, bad_to_good, loss_good, loss_bad } => {
                let change = if state.bad { bad_to_good } else { good_to_bad };
                state.bad ^= draws.chance(change);
                draws.chance(if state.bad { loss_bad } else { loss_good })
            }
        }
    }

    /// The share that is lost in the long run. A chain that never changes stays good.
    pub fn mean(&self) -> f64 {
        match *self {
            Loss::None => 0.0,
            Loss::Uniform(probability) => probability,
            Loss::Bursty { good_to_bad, bad_to_good, loss_good, loss_bad } => {
                let changes = good_to_bad + bad_to_good;
                let bad = if changes > 0.0 { good_to_bad / changes } else { 0.0 };
                loss_good + bad * (loss_bad - loss_good)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BURSTY: Loss =
        Loss::Bursty { good_to_bad: 0.02, bad_to_good: 0.1, loss_good: 0.01, loss_bad: 0.5 };

    /// What became of many transmissions over one link.
    fn fates(loss: Loss) -> Vec<bool> {
        let mut state = LossState::default();
        let draw = |count| loss.draw(&mut state, &mut LinkDraws::new(1, 2, 3, count));
        (0..200_000).map(draw).collect()
    }

    fn share(fates: impl Iterator<Item = bool>) -> f64 {
        let (lost, all) = fates.fold((0, 0), |(lost, all), fate| (lost + u32::from(fate), all + 1));
        f64::from(lost) / f64::from(all)
    }

    #[test]
    fn the_mean_is_that_of_the_stationary_distribution() {
        // A sixth of the time in the bad state.
        assert!((BURSTY.mean() - (0.5 / 6.0 + 0.01 * 5.0 / 6.0)).abs() < 1e-12);
        for loss in [Loss::None, Loss::Uniform(0.05), BURSTY] {
            let drawn = share(fates(loss).into_iter());
            assert!((drawn - loss.mean()).abs() < 0.005, "{loss:?}: {drawn}");
        }
    }

    #[test]
    fn losses_come_in_bursts() {
        let after_a_loss = |loss| {
            let fates = fates(loss);
            share(fates.windows(2).filter(|pair| pair[0]).map(|pair| pair[1]))
        };
        // Lost in the bad state (0.9 of the losses), still bad (0.9), lost again (0.5).
        let bursty = after_a_loss(BURSTY);
        assert!((0.38..0.44).contains(&bursty), "{bursty}");
        let even = after_a_loss(Loss::Uniform(BURSTY.mean()));
        assert!((even - BURSTY.mean()).abs() < 0.01, "{even}");
    }

    #[test]
    fn a_chain_that_never_changes_stays_good() {
        let stuck =
            Loss::Bursty { good_to_bad: 0.0, bad_to_good: 0.0, loss_good: 0.0, loss_bad: 1.0 };
        assert_eq!(stuck.mean(), 0.0);
        assert!(!fates(stuck).contains(&true));
    }

    #[test]
    fn certain_loss_is_certain() {
        assert!(!fates(Loss::Uniform(1.0)).contains(&false));
        assert!(!fates(Loss::Uniform(0.0)).contains(&true));
    }
}
