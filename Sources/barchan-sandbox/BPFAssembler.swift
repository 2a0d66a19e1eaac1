/// One instruction, as struct sock_filter.
struct BPFInstruction: Equatable {
    var code: UInt16
    var jumpIfTrue: UInt8 = 0
    var jumpIfFalse: UInt8 = 0
    var operand: UInt32

    /// Loads a 32-bit word of struct seccomp_data.
    static func load(_ offset: UInt32) -> Self { Self(code: 0x20, operand: offset) }
    /// Another value than one of the call's.
    static func constant(_ value: UInt32) -> Self { Self(code: 0x00, operand: value) }
    static func and(_ mask: UInt32) -> Self { Self(code: 0x54, operand: mask) }
    static func subtract(_ operand: UInt32) -> Self { Self(code: 0x14, operand: operand) }
    static func xor(_ operand: UInt32) -> Self { Self(code: 0xa4, operand: operand) }
    /// Keeps the accumulator in the other register.
    static let keep = Self(code: 0x07, operand: 0)
    static let orKept = Self(code: 0x4c, operand: 0)
    /// To the right by what was kept, which has to be less than 32.
    static let shiftByKept = Self(code: 0x7c, operand: 0)
    static func jump(_ distance: Int) -> Self { Self(code: 0x05, operand: UInt32(distance)) }
    static func ifEqual(_ value: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x15, jumpIfTrue: UInt8(yes), jumpIfFalse: UInt8(no), operand: value)
    }
    static func ifAtLeast(_ value: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x35, jumpIfTrue: UInt8(yes), jumpIfFalse: UInt8(no), operand: value)
    }
    static func ifAnyBit(_ bits: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x45, jumpIfTrue: UInt8(yes), jumpIfFalse: UInt8(no), operand: bits)
    }
    static func returning(_ verdict: Verdict) -> Self { Self(code: 0x06, operand: verdict.value) }
}

/// Turns verdicts for call numbers into a program: a balanced tree over ranges of numbers, whose leaves return or look at
/// arguments.
///
/// The kernel runs the program for every number when it is loaded, to find those that are always allowed, for which it
/// never runs it again. So every start pays for its depth, and a list would be no good. It also pays for each instruction, which
/// the kernel translates for its processor, a quarter of a microsecond: what is the same is there once, as far as jumps reach.
enum BPFAssembler {
    enum Leaf {
        case verdict(Verdict)
        case rules(CallRules)
        /// Allowed with this in the register of the sixth argument.
        case pass(UInt64, otherwise: Verdict)
    }

    private static let numberOffset: UInt32 = 0, architectureOffset: UInt32 = 4
    private static func argumentOffset(_ argument: Int, _ half: ArgumentTest.Half) -> UInt32 {
        16 + 8 * UInt32(argument) + (half == .upper ? 4 : 0)
    }

    /// Numbers without a leaf get `otherwise`, and so does every other architecture. That covers x32, whose numbers have
    /// bit 30 set.
    static func program(
        _ leaves: [UInt32: Leaf], architecture: UInt32, otherwise: Verdict
    ) -> [BPFInstruction] {
        [
            .load(architectureOffset), .ifEqual(architecture, 1, 0), .returning(otherwise), .load(numberOffset),
        ] + tree(ranges(leaves, otherwise)[...]).code
    }

    /// Where the leaf changes, from number 0 on. Neighbours with the same verdict are one range.
    private static func ranges(_ leaves: [UInt32: Leaf], _ otherwise: Verdict) -> [(start: UInt32, leaf: Leaf)] {
        var ranges: [(start: UInt32, leaf: Leaf)] = [(0, .verdict(otherwise))]
        func append(_ start: UInt32, _ leaf: Leaf) {
            if case .verdict(let new) = leaf, case .verdict(let last) = ranges[ranges.count - 1].leaf, new == last {
                return
            }
            if ranges[ranges.count - 1].start == start { ranges.removeLast() }
            ranges.append((start, leaf))
        }
        for (number, leaf) in leaves.sorted(by: { $0.key < $1.key }) {
            append(number, leaf)
            if leaves[number + 1] == nil { append(number + 1, .verdict(otherwise)) }
        }
        return ranges
    }

    private static func tree(_ ranges: ArraySlice<(start: UInt32, leaf: Leaf)>) -> BPFTree {
        guard ranges.count > 1 else { return .leaf(ranges.first.map { code(for: $0.leaf) } ?? []) }
        let middle = (ranges.startIndex + ranges.endIndex) / 2
        return .branch(ranges[middle].start, below: tree(ranges[..<middle]), above: tree(ranges[middle...]))
    }

    private static func code(for leaf: Leaf) -> [BPFInstruction] {
        switch leaf {
        case .verdict(let verdict): [.returning(verdict)]
        // Rules in order, the first match decides.
        case .rules(let rules): rules.rules.flatMap(code) + [.returning(rules.otherwise)]
        case .pass(let pass, let otherwise): code(for: pass) + [.returning(.allow), .returning(otherwise)]
        }
    }

    /// Skips one instruction when the sixth argument is another. Takes the same time however much of it is right, so that
    /// it cannot be guessed in halves.
    private static func code(for pass: UInt64) -> [BPFInstruction] {
        [
            .load(argumentOffset(5, .upper)), .xor(UInt32(truncatingIfNeeded: pass >> 32)), .keep,
            .load(argumentOffset(5, .lower)), .xor(UInt32(truncatingIfNeeded: pass)), .orKept, .ifEqual(0, 0, 1),
        ]
    }

    private static func code(for rule: ArgumentRule) -> [BPFInstruction] {
        var code: [BPFInstruction] = [.returning(rule.verdict)]
        // From the last test to the first: each one jumps over everything behind it when it does not hold.
        for test in rule.tests.reversed() { code = BPFAssembler.code(for: test, skipping: code.count) + code }
        return code
    }

    private static func code(for test: ArgumentTest, skipping rest: Int) -> [BPFInstruction] {
        let load = [BPFInstruction.load(argumentOffset(test.argument, test.half))]
        let masking: [BPFInstruction] = test.mask == .max ? [] : [.and(test.mask)]
        let (sets, single) = BitSet.all(in: test.values)
        // From the last comparison to the first. Where a value is found, all that follows is jumped over, and what the test
        // guards as well when it is negated; where none is found, what it guards when it is not.
        var code: [BPFInstruction] = []
        var isLast = true
        func found() -> Int { code.count + (test.isNegated ? rest : 0) }
        func missed() -> Int {
            defer { isLast = false }
            return isLast && !test.isNegated ? rest : 0
        }
        for value in single.reversed() { code = [.ifEqual(value, found(), missed())] + code }
        if !single.isEmpty { code = load + masking + code }
        for set in sets.reversed() { code = load + masking + set.code(found: found(), missed: missed()) + code }
        return code
    }
}

/// Values that lie close to each other: they are found by one comparison of a bit.
private struct BitSet {
    let first: UInt32
    let bits: UInt32

    /// - Returns: The sets that are shorter than comparing their values one by one, and the other values.
    static func all(in values: [UInt32]) -> (sets: [BitSet], others: [UInt32]) {
        var sets: [BitSet] = [], others: [UInt32] = []
        var rest = values.sorted()[...]
        while let first = rest.first {
            let members = rest.prefix { $0 - first < 32 }
            if members.count > 8 {
                sets.append(BitSet(first: first, bits: members.reduce(0) { $0 | 1 << ($1 - first) }))
                rest = rest.dropFirst(members.count)
            } else {
                others.append(first)
                rest = rest.dropFirst()
            }
        }
        return (sets, others)
    }

    /// - Parameter found: How far to jump when the value is in the set.
    /// - Parameter missed: And when it is not.
    func code(found: Int, missed: Int) -> [BPFInstruction] {
        let distance: [BPFInstruction] = first == 0 ? [] : [.subtract(first)]
        return distance + [
            .ifAtLeast(32, missed + 4, 0), .keep, .constant(bits), .shiftByKept, .ifAnyBit(1, found, missed),
        ]
    }
}

/// Decides by the accumulator.
private indirect enum BPFTree {
    case leaf([BPFInstruction])
    case branch(UInt32, below: BPFTree, above: BPFTree)

    var code: [BPFInstruction] {
        if let code = BPFBlock(self).code { return code }
        guard case .branch(let pivot, let below, let above) = self else { return [] }
        let (low, high) = (below.code, above.code)
        // A conditional jump reaches 255 instructions.
        guard low.count > 255 else { return [.ifAtLeast(pivot, low.count, 0)] + low + high }
        return [.ifAtLeast(pivot, 0, 1), .jump(low.count)] + low + high
    }
}

/// The branches of a tree, and behind them its leaves, each once.
private struct BPFBlock {
    private enum Target {
        case branch(Int)
        case leaf(Int)
    }

    private var branches: [(pivot: UInt32, below: Target, above: Target)] = []
    private var leaves: [[BPFInstruction]] = []

    init(_ tree: BPFTree) { _ = add(tree) }

    private mutating func add(_ tree: BPFTree) -> Target {
        switch tree {
        case .leaf(let code):
            if let index = leaves.firstIndex(of: code) { return .leaf(index) }
            leaves.append(code)
            return .leaf(leaves.count - 1)
        case .branch(let pivot, let below, let above):
            let index = branches.count
            // Its place comes before those of what it leads to.
            branches.append((pivot, .leaf(0), .leaf(0)))
            branches[index] = (pivot, add(below), add(above))
            return .branch(index)
        }
    }

    /// Nil when it is too long for its jumps.
    var code: [BPFInstruction]? {
        // The long ones last: nobody jumps over them.
        let order = leaves.indices.sorted { leaves[$0].count < leaves[$1].count }
        var starts = [Int](repeating: 0, count: leaves.count), end = branches.count
        for leaf in order {
            starts[leaf] = end
            end += leaves[leaf].count
        }
        var code: [BPFInstruction] = []
        for (index, branch) in branches.enumerated() {
            let distances = [branch.above, branch.below].map { target in
                switch target {
                case .branch(let place): place - index - 1
                case .leaf(let leaf): starts[leaf] - index - 1
                }
            }
            guard distances[0] <= 255, distances[1] <= 255 else { return nil }
            code.append(.ifAtLeast(branch.pivot, distances[0], distances[1]))
        }
        return code + order.flatMap { leaves[$0] }
    }
}
