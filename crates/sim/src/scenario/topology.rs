//! Who is linked to whom in a scenario.

use rumormill_protocols::parts::settings::{Count, Text};

rumormill_protocols::choice! {
    /// Who is linked to whom. What is random is drawn from the seed.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Topology {
        /// Each is bootstrapped from the one before; the rest is discovery's.
        "bootstrap-chain" => BootstrapChain,
        /// Everybody with everybody.
        "full" => Full,
        /// Each with its next neighbours in a ring.
        "ring" => Ring(RingConfig),
        /// Each with as many, at random.
        "random-regular" => RandomRegular(RegularConfig),
        /// At random, with so many on average.
        "random" => Random(DegreeConfig),
        /// Newcomers prefer those who have many: a few nodes have very many.
        "scale-free" => ScaleFree(ScaleFreeConfig),
        /// Dense regions with few links between them.
        "regions" => Regions(RegionsConfig),
        /// As a file says.
        "edges" => Edges(EdgesConfig),
    }
}

rumormill_protocols::settings! {
    /// A ring.
    #[derive(Clone, Debug, PartialEq)]
    pub struct RingConfig {
        /// How many neighbours a node has on each side.
        each_side: u32 as Count = 2, in "neighbours", from 1, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// A random graph in which each has as many neighbours.
    #[derive(Clone, Debug, PartialEq)]
    pub struct RegularConfig {
        /// How many. One of nodes and degree must be even.
        degree: u32 as Count = 8, in "neighbours", from 1, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// A random graph.
    #[derive(Clone, Debug, PartialEq)]
    pub struct DegreeConfig {
        /// How many neighbours a node has on average.
        degree: u32 as Count = 8, in "neighbours", from 1, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// A scale-free graph (Barabási and Albert).
    #[derive(Clone, Debug, PartialEq)]
    pub struct ScaleFreeConfig {
        /// With how many a newcomer is linked.
        links: u32 as Count = 4, in "links", from 1, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// Regions of the same size.
    #[derive(Clone, Debug, PartialEq)]
    pub struct RegionsConfig {
        /// How many there are.
        regions: u32 as Count = 5, in "regions", from 1, to 256;
        /// How many neighbours a node has in its own, on average.
        inside: u32 as Count = 6, in "neighbours", from 1, to 65_535;
        /// How many in others, on average.
        across: u32 as Count = 1, in "neighbours", from 0, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// A list of edges.
    #[derive(Clone, Debug, PartialEq)]
    pub struct EdgesConfig {
        /// The file, which has a line an edge: `3 5` or `3,5`, the numbers of two nodes.
        file: String as Text = String::new(), being |file| !file.is_empty() => "a path";
    }
    derived {
        /// What stands in it.
        text: String = String::new();
    }
}
