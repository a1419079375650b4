use num_complex::Complex64;

use crate::{Graph, GraphError};

/// A term of the series below this size no longer changes the state.
const NEGLIGIBLE: f64 = 1e-17;

/// The longest time that one series is summed for, in units of the reciprocal of the largest degree.
/// Longer ones lose digits to cancellation.
const LONGEST: f64 = 1.0;

/// A continuous-time quantum walk: a normalised state that evolves by `exp(-i A t)`, `A` the adjacency matrix.
#[derive(Clone, Debug)]
pub struct Walk {
    graph: Graph,
    amplitudes: Vec<Complex64>,
}

impl Walk {
    /// A walk that starts on one node.
    pub fn new(graph: Graph, start: usize) -> Result<Self, GraphError> {
        graph.check(start)?;
        let mut amplitudes = vec![Complex64::default(); graph.nodes()];
        amplitudes[start] = Complex64::new(1.0, 0.0);
        Ok(Self { graph, amplitudes })
    }

    /// Lets time pass.
    pub fn step(&mut self, time: f64) {
        let degree = (0..self.graph.nodes())
            .map(|node| self.graph.neighbours(node).len())
            .max()
            .unwrap_or(0);
        let parts = (time.abs() * degree as f64 / LONGEST).ceil().max(1.0);
        for _ in 0..parts as u64 {
            self.evolve(time / parts);
        }
    }

    /// The amplitude on each node.
    pub fn amplitudes(&self) -> &[Complex64] {
        &self.amplitudes
    }

    /// The probability to be found on each node.
    pub fn probabilities(&self) -> Vec<f64> {
        self.amplitudes.iter().map(Complex64::norm_sqr).collect()
    }

    /// Sums the exponential's series, then divides by the norm so that rounding does not add up over steps.
    fn evolve(&mut self, time: f64) {
        let mut term = self.amplitudes.clone();
        let mut order = 1.0;
        while term.iter().any(|each| each.norm() > NEGLIGIBLE) {
            let factor = Complex64::new(0.0, -time / order);
            term = (0..term.len())
                .map(|node| factor * self.sum_around(&term, node))
                .collect();
            for (amplitude, each) in self.amplitudes.iter_mut().zip(&term) {
                *amplitude += each;
            }
            order += 1.0;
        }
        let norm = self.probabilities().iter().sum::<f64>().sqrt();
        for amplitude in &mut self.amplitudes {
            *amplitude /= norm;
        }
    }

    fn sum_around(&self, values: &[Complex64], node: usize) -> Complex64 {
        let around = self.graph.neighbours(node).iter();
        around.map(|other| values[*other]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_normalised() {
        let mut walk = Walk::new(Graph::metatron(), 4).unwrap();
        for _ in 0..100 {
            walk.step(0.37);
        }
        let total: f64 = walk.probabilities().iter().sum();
        assert!((total - 1.0).abs() < 1e-12);
    }

    /// On the complete graph of n nodes, exp(-i A t) = exp(i t) (1 + (exp(-i n t) - 1) J / n), J all ones.
    #[test]
    fn follows_the_closed_form_on_metatrons_cube() {
        let time = 0.8;
        let mut walk = Walk::new(Graph::metatron(), 0).unwrap();
        walk.step(time);
        let spread = (Complex64::from_polar(1.0, -13.0 * time) - 1.0) / 13.0;
        let expected = Complex64::from_polar(1.0, time) * (spread + 1.0);
        assert!((walk.amplitudes()[0] - expected).norm() < 1e-12);
    }

    #[test]
    fn cannot_start_outside_the_graph() {
        assert!(Walk::new(Graph::metatron(), 13).is_err());
    }
}
