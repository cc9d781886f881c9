package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void resultsComeInTheOrderOfTheWorkAndEachLaneHasOneThread() {
        int threads = torch.get_num_threads();
        List<Callable<String>> work = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int piece = i;
            work.add(() -> piece + " on " + torch.get_num_threads());
        }
        List<String> results = Lanes.map(work);
        assertThat(results).hasSize(20).first().isEqualTo("0 on 1");
        assertThat(results.get(19)).isEqualTo("19 on 1");
        assertThat(torch.get_num_threads()).isEqualTo(threads);
    }

    @Test
    void aFailureIsTheCallersAndWorkNotBegunIsLeftOut() {
        AtomicInteger begun = new AtomicInteger();
        List<Callable<Integer>> work = new ArrayList<>();
        work.add(() -> {
            throw new RedrlException("the disk is full");
        });
        for (int i = 0; i < 50; i++) {
            work.add(() -> {
                Thread.sleep(20);
                return begun.incrementAndGet();
            });
        }
        assertThatThrownBy(() -> Lanes.map(work))
                .isInstanceOf(RedrlException.class)
                .hasMessage("the disk is full");
        assertThat(begun.get()).isLessThan(50);
    }
}
