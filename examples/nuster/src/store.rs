//! Vectors by key, and the search for the nearest.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// Why a vector is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VectorError {
    /// It has so many components, and should have so many.
    Dimension { found: usize, expected: usize },
    /// It has no direction: all components are zero, or one is not finite.
    Direction,
}

impl fmt::Display for VectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimension { found, expected } => {
                write!(f, "the vector has {found} components instead of {expected}")
            }
            Self::Direction => write!(f, "the vector has no direction"),
        }
    }
}

impl Error for VectorError {}

/// Vectors of one dimension, each at length 1: what counts is their direction.
#[derive(Clone, Debug)]
pub struct Store {
    dimension: usize,
    units: BTreeMap<String, Vec<f64>>,
}

impl Store {
    /// A store of vectors of so many components, empty.
    pub fn new(dimension: usize) -> Self {
        Self {
            dimension,
            units: BTreeMap::new(),
        }
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Puts a vector in the place of the one that has its key, if there is one.
    pub fn insert(&mut self, key: String, vector: &[f64]) -> Result<(), VectorError> {
        let unit = self.unit(vector)?;
        self.units.insert(key, unit);
        Ok(())
    }

    /// The `count` keys whose vectors are nearest, each with the cosine of the angle between: the greatest first,
    /// equal ones by key.
    pub fn nearest(&self, vector: &[f64], count: usize) -> Result<Vec<(&str, f64)>, VectorError> {
        let unit = self.unit(vector)?;
        let mut found: Vec<_> = self
            .units
            .iter()
            .map(|(key, other)| (key.as_str(), dot(&unit, other)))
            .collect();
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        found.truncate(count);
        Ok(found)
    }

    fn unit(&self, vector: &[f64]) -> Result<Vec<f64>, VectorError> {
        if vector.len() != self.dimension {
            return Err(VectorError::Dimension {
                found: vector.len(),
                expected: self.dimension,
            });
        }
        // By the greatest first, so that the squares of very long and very short vectors are numbers still.
        let greatest = vector
            .iter()
            .fold(0.0_f64, |most, each| most.max(each.abs()));
        if greatest == 0.0 || !vector.iter().all(|each| each.is_finite()) {
            return Err(VectorError::Direction);
        }
        let scaled: Vec<f64> = vector.iter().map(|each| each / greatest).collect();
        let length = dot(&scaled, &scaled).sqrt();
        Ok(scaled.iter().map(|each| each / length).collect())
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
