package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexRangesTest {
    @Test
    void listsRangesWithBothEndsInTheOrderGiven() {
        assertThat(IndexRanges.parse("1000-1003, 5,7 - 9")).containsExactly(1000, 1001, 1002, 1003, 5, 7, 8, 9);
        assertThat(IndexRanges.parse("0")).containsExactly(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|such as 1000-1099,5,7-9",
                "1,,2|got '' in '1,,2'",
                "1-|got '1-'",
                "-3|got '-3'",
                "a|got 'a'",
                "1.5|got '1.5'",
                "12345678901|got '12345678901'",
                "9-7|the range 9-7 falls: write 7-9",
                "3,1-4|index 3 comes twice",
                "0-999999999|more than 10000000 indices",
            })
    void refusesWhatIsNoRange(String text, String message) {
        assertThatThrownBy(() -> IndexRanges.parse(text))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesAnIndexThatTheDataDoNotHave() {
        ImageDataset test = TestData.cifar10(Split.TEST);
        assertThat(IndexRanges.parse("9998-9999", test)).containsExactly(9998, 9999);
        assertThatThrownBy(() -> IndexRanges.parse("9998-10000", test))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("index 10000 is outside cifar10/test, which has 10000 images (0 to 9999)");
    }
}
