package io.redrl.saliency;

import io.redrl.data.IndexRanges;
import java.util.BitSet;

/** Sets of image indices as text such as {@code 0-99,200}, rising; no text for no images. */
final class IndexSets {
    private IndexSets() {}

    static BitSet parse(String text) {
        BitSet indices = new BitSet();
        if (!text.isEmpty()) {
            for (int index : IndexRanges.parse(text)) {
                indices.set(index);
            }
        }
        return indices;
    }

    static String text(BitSet indices) {
        StringBuilder text = new StringBuilder();
        for (int first = indices.nextSetBit(0); first >= 0; ) {
            int end = indices.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end - 1 > first) {
                text.append('-').append(end - 1);
            }
            first = indices.nextSetBit(end);
        }
        return text.toString();
    }
}
