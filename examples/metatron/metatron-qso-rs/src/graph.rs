use std::error::Error;
use std::fmt;

/// Nodes of Metatron's cube: a circle in the middle, six around it, six around those.
const METATRON_NODES: usize = 13;

/// A node that a graph does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// The node asked for.
    pub node: usize,
    /// How many nodes there are.
    pub nodes: usize,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no node {} among {}", self.node, self.nodes)
    }
}

impl Error for GraphError {}

/// An undirected graph without loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    neighbours: Vec<Vec<usize>>,
}

impl Graph {
    /// A graph of so many nodes, without edges.
    pub fn new(nodes: usize) -> Self {
        Self {
            neighbours: vec![Vec::new(); nodes],
        }
    }

    /// Metatron's cube: every two of the thirteen circles are joined by a line.
    pub fn metatron() -> Self {
        let mut graph = Self::new(METATRON_NODES);
        for node in 0..METATRON_NODES {
            graph.neighbours[node] = (0..METATRON_NODES).filter(|other| *other != node).collect();
        }
        graph
    }

    /// Joins two nodes. Joining them again, or a node with itself, changes nothing.
    pub fn join(&mut self, a: usize, b: usize) -> Result<(), GraphError> {
        self.check(a)?;
        self.check(b)?;
        if a != b && !self.neighbours[a].contains(&b) {
            self.neighbours[a].push(b);
            self.neighbours[b].push(a);
        }
        Ok(())
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.neighbours.len()
    }

    /// How many edges there are.
    pub fn edges(&self) -> usize {
        self.neighbours.iter().map(Vec::len).sum::<usize>() / 2
    }

    /// The nodes that a node is joined to; none for a node that is not there.
    pub fn neighbours(&self, node: usize) -> &[usize] {
        self.neighbours.get(node).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn check(&self, node: usize) -> Result<(), GraphError> {
        let nodes = self.nodes();
        if node < nodes {
            Ok(())
        } else {
            Err(GraphError { node, nodes })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metatrons_cube_has_every_edge() {
        let graph = Graph::metatron();
        assert_eq!((graph.nodes(), graph.edges()), (13, 78));
    }

    #[test]
    fn joining_twice_makes_one_edge() {
        let mut graph = Graph::new(2);
        graph.join(0, 1).unwrap();
        graph.join(1, 0).unwrap();
        assert_eq!(graph.edges(), 1);
        assert_eq!(graph.join(0, 2), Err(GraphError { node: 2, nodes: 2 }));
    }
}
