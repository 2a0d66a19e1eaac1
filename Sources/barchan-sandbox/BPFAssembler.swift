/// One instruction, as struct sock_filter.
struct BPFInstruction: Equatable {
    var code: UInt16
    var jumpIfTrue: UInt8 = 0
    var jumpIfFalse: UInt8 = 0
    var operand: UInt32

    /// Loads a 32-bit word of struct seccomp_data.
    static func load(_ offset: UInt32) -> Self { Self(code: 0x20, operand: offset) }
    static func and(_ mask: UInt32) -> Self { Self(code: 0x54, operand: mask) }
    static func xor(_ operand: UInt32) -> Self { Self(code: 0xa4, operand: operand) }
    /// Keeps the accumulator in the other register.
    static let keep = Self(code: 0x07, operand: 0)
    static let orKept = Self(code: 0x4c, operand: 0)
    static func jump(_ distance: Int) -> Self { Self(code: 0x05, operand: UInt32(distance)) }
    static func ifEqual(_ value: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x15, jumpIfTrue: UInt8(yes), jumpIfFalse: UInt8(no), operand: value)
    }
    static func ifAtLeast(_ value: UInt32, _ yes: Int, _ no: Int) -> Self {
        Self(code: 0x35, jumpIfTrue: UInt8(yes), jumpIfFalse: UInt8(no), operand: value)
    }
    static func returning(_ verdict: Verdict) -> Self { Self(code: 0x06, operand: verdict.value) }
}

/// Turns verdicts for call numbers into a program: a balanced tree over ranges of numbers, whose leaves return or look at
/// arguments.
///
/// The kernel runs the program for every number when it is loaded, to find those that are always allowed, for which it
/// never runs it again. So every start pays for its depth, and a list would be no good.
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
        ] + tree(ranges(leaves, otherwise)[...])
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

    private static func tree(_ ranges: ArraySlice<(start: UInt32, leaf: Leaf)>) -> [BPFInstruction] {
        guard ranges.count > 1 else { return ranges.first.map { code(for: $0.leaf) } ?? [] }
        let middle = (ranges.startIndex + ranges.endIndex) / 2
        let below = tree(ranges[..<middle]), above = tree(ranges[middle...])
        let pivot = ranges[middle].start
        // A conditional jump reaches 255 instructions.
        guard below.count > 255 else { return [.ifAtLeast(pivot, below.count, 0)] + below + above }
        return [.ifAtLeast(pivot, 0, 1), .jump(below.count)] + below + above
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
        let values = test.values.enumerated().map { index, value in
            BPFInstruction.ifEqual(value, test.values.count - 1 - index + 1, 0)
        }
        // Behind the comparisons: what happens when none held, then when one held.
        let ending: [BPFInstruction] = test.isNegated ? [.jump(1), .jump(rest)] : [.jump(rest)]
        let masking: [BPFInstruction] = test.mask == .max ? [] : [.and(test.mask)]
        return [.load(argumentOffset(test.argument, test.half))] + masking + values + ending
    }
}
